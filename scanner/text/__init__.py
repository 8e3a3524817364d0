"""Indonesian as pure functions: normalised text with the way back to the original, tokens, sentences, slang."""
