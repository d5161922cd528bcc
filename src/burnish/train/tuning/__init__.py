"""Fine-tuning a multimodal model as a judge or an enhancer, on chat samples such as `burnish negatives` writes.

`settings` what can be set · `samples` the lines that are learnt from · `base` which model it begins with · `batches` a
sample as the tokens that the model gets at run time · `learning` the loss and the library's training loop · `weights`
what of a model learns, and how it is saved · `run` all of it in an output folder that can be gone on with.
"""
