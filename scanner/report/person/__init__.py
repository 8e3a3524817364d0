"""What a listed person may ask for: all that is on record about them, in a form they can read and take along."""
