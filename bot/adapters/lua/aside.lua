-- What people do with work that was set aside: bring it back into the queue, or give it up for good.
local raw = redis.call('HGET', aside_key, request.key)
if not raw then return {'missing', now} end
local sound, record = pcall(cmsgpack.unpack, raw)
local readable = sound and is_record(record)
if not work_keys_sound() or (readable and not is_kind(key_of('lane', record.lane), 'zset')) then
  return {'broken', now}
end
if request.verb == 'bring_back' then
  if not readable then return {'unreadable', now} end
  drop_aside(request.key)
  add_work({key = request.key, job = record.job, case = record.case, lane = record.lane, args = record.args,
    urgency = record.urgency, after = 0})
  journal('-', record.case, 'BroughtBack', now, request.by, request.key, 0)
else
  drop_aside(request.key)
  journal('-', readable and record.case or '-', 'GivenUp', now, request.by, request.key, 0)
end
return {'ok', now}
