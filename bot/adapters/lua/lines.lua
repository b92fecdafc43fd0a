-- The newest lines of one case, newest first: each names the one before it. Writes nothing.
local stored = redis.call('GET', key_of('case', request.case))
if not stored then return {now, false, {}} end
local stamp, id = head_of(stored)
local lines = {}
while stamp and id ~= '-' and #lines < request.limit do
  local entry = redis.call('XRANGE', journal_key, id, id)[1]
  if not entry then break end
  lines[#lines + 1] = entry
  local fields = entry[2]
  id = '-'
  for i = 1, #fields, 2 do if fields[i] == 'before' then id = fields[i + 1] end end
end
return {now, stamp or false, lines}
