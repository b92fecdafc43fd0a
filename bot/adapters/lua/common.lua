-- What every script starts with: where the keys are, what time it is, and how a case and a journal line are stored.
-- KEYS[1] is the hash tag of the shard, as {workspace:0}; every other key is made from it, so all lie in one slot.
-- ARGV[1] is the shift of the clock in milliseconds (0 outside tests), ARGV[2] the request as msgpack,
-- ARGV[3] which try this is: 1, or more when an answer was lost.
local base = KEYS[1]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + tonumber(ARGV[1])
local request = cmsgpack.unpack(ARGV[2])

local function key_of(kind, name)
  return base .. ':' .. kind .. ':' .. name
end

local journal_key = base .. ':journal'
local counts_key = base .. ':counts'

-- Numbers go to Redis as whole text: Lua would write large ones as 1.7e+12.
local function whole(number)
  return string.format('%.0f', number)
end

-- A case, like a shared document, is one string: "<stamp> <id of its newest journal line>\n<document>".
local function head_of(stored)
  return string.match(stored, '^(%S+) (%S+)\n')
end

local function case_value(stamp, last, document)
  return stamp .. ' ' .. last .. '\n' .. document
end

-- Each line names the line before it of the same case, so that reading one case needs no index.
-- `ground`, where there is one, has the beginning of a reply's digest and the rule that it comes under.
local function journal(before, case, fact, at, by, detail, rev, ground)
  local line = {'case', case, 'before', before, 'fact', fact, 'at', whole(at), 'by', by, 'detail', detail, 'rev', whole(rev)}
  if ground and ground.words then
    for _, part in ipairs({'words', ground.words, 'rule', ground.rule}) do table.insert(line, part) end
  end
  return redis.call('XADD', journal_key, '*', unpack(line))
end

-- A case's lines from the one named backwards, newest first, at most so many.
local function lines_from(id, most)
  local lines = {}
  while id and id ~= '-' and #lines < most do
    local entry = redis.call('XRANGE', journal_key, id, id)[1]
    if not entry then break end
    lines[#lines + 1] = entry
    local fields = entry[2]
    id = '-'
    for i = 1, #fields, 2 do if fields[i] == 'before' then id = fields[i + 1] end end
  end
  return lines
end

local function is_kind(key, kind)
  local found = redis.call('TYPE', key).ok
  return found == kind or found == 'none'
end
