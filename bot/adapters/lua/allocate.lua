-- For each act the next free case number, unless it has been done before. A fail-over may have lost increments: what exists
-- is skipped.
local number = base .. ':number'
if redis.call('EXISTS', number) == 0 then redis.call('SET', number, request.first - 1) end
local function next_free()
  local id
  repeat
    id = 'C-' .. redis.call('INCR', number)
  until redis.call('EXISTS', key_of('case', id), key_of('gone', id)) == 0
  return id
end

local given = {}
for place, op in ipairs(request.ops) do
  local seen = redis.call('GET', key_of('op', op))
  given[place] = seen and {'again', seen} or {'number', next_free()}
end
return {now, given}
