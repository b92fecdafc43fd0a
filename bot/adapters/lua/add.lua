-- Work that belongs to no change of a case; asked twice by the same act, added once.
local op_key = key_of('op', request.op)
if redis.call('EXISTS', op_key) == 1 then return {'again', now} end
if not work_keys_sound() then return {'broken', now} end
for _, piece in ipairs(request.work) do
  local old = read_work(piece.key)
  if not is_kind(key_of('lane', piece.lane), 'zset') or (old and not is_kind(key_of('lane', old.lane), 'zset')) then
    return {'broken', now}
  end
end
for _, piece in ipairs(request.work) do add_work(piece) end
redis.call('SET', op_key, '-', 'PX', request.keep)
return {'ok', now}
