"""The actions of the journey, a module a subject."""
