-- Work that belongs to no change of a case; asked twice by the same act, added once.
local op_key = key_of('op', request.op)
if redis.call('EXISTS', op_key) == 1 then return {'again', now} end
if not work_sound(request.work) then return {'broken', now} end
for _, piece in ipairs(request.work) do add_work(piece) end
redis.call('SET', op_key, '-', 'PX', request.keep)
return {'ok', now}
