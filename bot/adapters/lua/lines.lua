-- The newest lines of one case. Writes nothing.
local stored = redis.call('GET', key_of('case', request.case))
if not stored then return {now, false, {}} end
local stamp, id = head_of(stored)
return {now, stamp or false, lines_from(id, request.limit)}
