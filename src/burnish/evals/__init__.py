"""Measures: one file a measure, of judges, of data, of models. They read records and tables, never run a model."""
