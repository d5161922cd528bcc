"""Arms of an experiment: the same pictures with different texts, a proxy trained on each, compared with error bars."""
