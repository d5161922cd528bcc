"""Measures: one file a measure, of judges, of data, of models. They read records and tables; `claims` alone can
also ask a model.
"""
