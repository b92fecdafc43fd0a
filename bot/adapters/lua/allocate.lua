-- The next free case number, unless this act has been done before. A fail-over may have lost increments: what exists is skipped.
local seen = redis.call('GET', key_of('op', request.op))
if seen then return {'again', now, seen} end
local number = base .. ':number'
if redis.call('EXISTS', number) == 0 then redis.call('SET', number, request.first - 1) end
local id
repeat
  id = 'C-' .. redis.call('INCR', number)
until redis.call('EXISTS', key_of('case', id), key_of('gone', id)) == 0
return {'number', now, id}
