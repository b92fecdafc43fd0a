-- One case, and whether this act was done before. Writes nothing.
return {now, redis.call('GET', key_of('case', request.case)), redis.call('GET', key_of('op', request.op))}
