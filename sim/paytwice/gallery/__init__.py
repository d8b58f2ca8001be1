"""A gallery of merchants that lose money: each is the reference merchant with one thing wrong.

A room is a module, and an exhibit a class in it: first what is wrong, in a sentence; then where it was seen,
the schedule that exposes it, the promise it breaks, what is right in its place, and the scenario that shows
it. `paytwice gallery` lists them, `paytwice gallery NAME` plays one.

A harness that never failed anything has proved nothing: campaigns over these merchants measure how fast each
is caught, by promises that know none of them.
"""
