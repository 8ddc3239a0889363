# The project's network "default" is looked up as it is: there is nothing to choose.
