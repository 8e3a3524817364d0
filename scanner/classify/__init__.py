"""Learning the deed, not the name: training with scikit-learn, serving as a table of floats with numpy alone."""
