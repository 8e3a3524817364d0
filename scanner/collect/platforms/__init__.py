"""The collectors: one module per platform, identical in shape; what a platform needs beside it bears its name."""
