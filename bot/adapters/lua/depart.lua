-- How closed cases leave for the archive, and what stays behind of them.
local closed_key = key_of('list', 'status:closed')
local verbs = {}

function verbs.due()
  return {'ok', now, redis.call('ZRANGEBYSCORE', closed_key, '-inf', whole(now - request.keep), 'LIMIT',
    whole(request.skip), whole(request.limit))}
end

-- A case and all lines of its record.
function verbs.read()
  local stored = redis.call('GET', key_of('case', request.case))
  if not stored then return {'gone', now, false, {}} end
  local _, id = head_of(stored)
  return {'ok', now, stored, lines_from(id, math.huge)}
end

local function sound()
  local fine = is_kind(journal_key, 'stream') and is_kind(work_key, 'hash')
  for _, name in ipairs(request.names) do fine = fine and is_kind(key_of('unique', name), 'string') end
  for _, name in ipairs(request.lists) do fine = fine and is_kind(key_of('list', name), 'zset') end
  return fine
end

-- Everything that could be refused is looked at before the first write: scripts do not roll back.
function verbs.remove()
  local case_key = key_of('case', request.case)
  local stored = redis.call('GET', case_key)
  if not stored then
    redis.call('ZREM', closed_key, request.case)
    return {'gone', now}
  end
  local stamp, last = head_of(stored)
  if not stamp or stamp .. ' ' .. last ~= request.head then return {'changed', now} end
  for _, key in ipairs(request.after) do
    if redis.call('HEXISTS', work_key, key) == 1 then return {'busy', now} end
  end
  if not sound() then return {'broken', now} end

  for _, name in ipairs(request.names) do
    local key = key_of('unique', name)
    local holder = redis.call('GET', key)
    if not holder or holder == request.case or string.sub(name, 1, 6) == 'ended:' then
      redis.call('SET', key, request.case, 'PX', whole(request.keep_names))
    end
  end
  for _, name in ipairs(request.lists) do redis.call('ZREM', key_of('list', name), request.case) end
  for _, id in ipairs(request.lines) do redis.call('XDEL', journal_key, id) end
  redis.call('SET', key_of('gone', request.case), request.place, 'PX', whole(request.keep_names))
  redis.call('DEL', case_key)
  return {'gone', now}
end

-- Lines that stand in no case's chain, and those of cases that are not here any more. Each line is looked at
-- once: the place reached is remembered, and what was left standing goes with its case.
local ALONE = {SetAside = true, BroughtBack = true, GivenUp = true}

local function dispensable(fields)
  local case, fact
  for i = 1, #fields, 2 do
    if fields[i] == 'case' then case = fields[i + 1] elseif fields[i] == 'fact' then fact = fields[i + 1] end
  end
  return ALONE[fact] or not case or redis.call('EXISTS', key_of('case', case)) == 0
end

function verbs.trim()
  local trimmed_key = base .. ':trimmed'
  local from = redis.call('GET', trimmed_key)
  local entries = redis.call('XRANGE', journal_key, from and '(' .. from or '-', whole(now - request.keep), 'COUNT', 500)
  local dropped = 0
  for _, entry in ipairs(entries) do
    if dispensable(entry[2]) then dropped = dropped + redis.call('XDEL', journal_key, entry[1]) end
  end
  if #entries > 0 then redis.call('SET', trimmed_key, entries[#entries][1]) end
  return {'ok', now, dropped, #entries}
end

return verbs[request.verb]()
