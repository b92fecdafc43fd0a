-- One case or shared document, and whether this act was done before. Writes nothing.
return {now, redis.call('GET', key_of(request.kind, request.name)), redis.call('GET', key_of('op', request.op))}
