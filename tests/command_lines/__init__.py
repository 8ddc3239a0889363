"""A stand-in of the argument rules of the programs whose command lines the product prints."""
