"""Values as JSON that test/support/recorded.ts reads back, keys that are no texts and order included."""


def encode(value, seen=None):
    seen = {} if seen is None else seen
    if isinstance(value, (list, tuple, dict)):
        if id(value) in seen and value != ():
            return {'$same': seen[id(value)]}
        seen[-len(seen) - 1 if value == () else id(value)] = len(seen)
    if isinstance(value, (list, tuple)):
        return [encode(item, seen) for item in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.isdigit() and key[:1] != '$' for key in value):
            return {key: encode(item, seen) for key, item in value.items()}
        return {'$dict': [[key, encode(item, seen)] for key, item in value.items()]}
    return value
