"""How fast a mistake is caught: each merchant of the gallery, in worlds that know nothing of it.

After Etna (Shi et al., 2023) and Klees et al. (2018): a task is a merchant with one mistake and the promise
it breaks; a trial plays seeds of its own until that promise is seen to break, or the limit is met; many
independent trials tell a median and how sure it is. What another way of testing finds of the same tasks is
measured by the same trials.
"""
