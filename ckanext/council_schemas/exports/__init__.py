"""Records of single datasets in other people's shapes, each made by a pure module."""
