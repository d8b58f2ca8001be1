"""The channels' own protocols: real HTTP messages in front of the simulated desks.

A desk speaks one vocabulary for all channels. Here it is put into each channel's own words, byte for byte,
signed and encrypted, so that a payment service in any language can be driven by a simulated channel. All of
it is pure: virtual time and nonces come from outside, no socket is opened, and what comes in malformed
becomes the channel's own error.

It needs `cryptography`: `pip install 'paytwice[wire]'`. Of paytwice only `paytwice.web` imports this package.

The bytes of a message depend on keys that differ from machine to machine: they have no place in a journal.
"""
