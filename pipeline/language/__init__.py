"""Swedish: sentences, lemmas, compounds and passages, and the same as spaCy components."""
