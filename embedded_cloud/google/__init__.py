"""Google's APIs, from their published discovery documents."""
