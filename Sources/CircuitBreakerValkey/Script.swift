//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker

// The one script that writes: it reads the circuit's hash, looks whether all conditions hold of it, takes the steps on a copy, and writes what is then different.
//
// Nothing is written before all of it is known, so that what cannot be done is not done in part. It knows no clock and no chance. Whole numbers stay texts, since a
// number of Lua's has 53 bits.
enum Script {
    static let answers = (done: "done", refused: "refused", foreign: "foreign", unreadable: "unreadable")

    // No circuit has so many.
    static let mostFields = 4096

    static let text = """
        local key = KEYS[1]
        local kind = redis.call('TYPE', key)['ok']
        if kind ~= 'none' and kind ~= 'hash' then return {'\(answers.foreign)', kind} end
        if redis.call('HLEN', key) > \(mostFields) then return {'\(answers.foreign)', 'hash'} end
        local before = redis.call('HGETALL', key)
        local old, new = {}, {}
        for i = 1, #before, 2 do
          old[before[i]] = before[i + 1]
          new[before[i]] = before[i + 1]
        end
        if kind == 'hash' and old['\(Fields.form.name)'] ~= '\(Fields.form.value)' then return {'\(answers.foreign)', kind} end

        local function isWhole(text)
          return #text <= 20 and text:find('^%-?%d+$') ~= nil
        end

        local function isLess(a, b)
          local negative, other = a:sub(1, 1) == '-', b:sub(1, 1) == '-'
          if negative ~= other then return negative end
          if negative then a, b = b, a end
          if #a ~= #b then return #a < #b end
          return a < b
        end

        local function halves(text)
          local sign, digits = 1, text
          if text:sub(1, 1) == '-' then sign, digits = -1, text:sub(2) end
          return sign * (tonumber(digits:sub(1, -10)) or 0), sign * tonumber(digits:sub(-9))
        end

        local function sum(a, b)
          local high, low = halves(a)
          local otherHigh, otherLow = halves(b)
          high, low = high + otherHigh, low + otherLow
          if low >= 1000000000 then high, low = high + 1, low - 1000000000 end
          if low <= -1000000000 then high, low = high - 1, low + 1000000000 end
          if high > 0 and low < 0 then high, low = high - 1, low + 1000000000 end
          if high < 0 and low > 0 then high, low = high + 1, low - 1000000000 end
          local text = string.format('%d', low)
          if high ~= 0 then text = string.format('%d%09d', high, math.abs(low)) end
          if isLess('9223372036854775807', text) then return '9223372036854775807' end
          if isLess(text, '-9223372036854775808') then return '-9223372036854775808' end
          return text
        end

        local at = 0
        local function word()
          at = at + 1
          return ARGV[at]
        end

        local order = '\(Attribute.order)'
        while at < #ARGV do
          local step, field = word(), word()
          local holds = true
          if step == 'is' then
            holds = old[field] == word()
          elseif step == 'isOrAbsent' then
            local value = word()
            holds = old[field] == nil or old[field] == value
          elseif step == 'isAbsent' then
            holds = old[field] == nil
          elseif step == 'isClosedToOthers' then
            local state = old[field] or 'CLOSED'
            holds = state == 'CLOSED' or (state == 'OPEN' and (old[order] or ''):sub(1, 12) == '(FORCE-OPEN ')
          elseif step == 'set' then
            new[field] = word()
          elseif step == 'remove' then
            new[field] = nil
          elseif step == 'copy' then
            local value = new[word()]
            new[field] = value or word()
            if value then word() end
          elseif step == 'add' or step == 'raise' then
            local value, number = new[field] or '0', word()
            if not isWhole(value) then return {'\(answers.unreadable)', field} end
            if step == 'add' then
              new[field] = sum(value, number)
            elseif isLess(value, number) then
              new[field] = number
            end
          elseif step == 'forgetSlices' then
            local from = word()
            for name in pairs(new) do
              local start = name:match('^\(WindowField.prefix)(%-?%d+):')
              if start and (from == '' or isLess(start, from)) then new[name] = nil end
            end
          elseif step == 'keepNewest' then
            local most, starts = tonumber(word()), {}
            for name in pairs(new) do
              if name:sub(1, #field) == field then starts[#starts + 1] = name:sub(#field + 1) end
            end
            table.sort(starts, isLess)
            for i = 1, #starts - most do new[field .. starts[i]] = nil end
          elseif step == 'expire' then
            local time = word()
            if time == '' or (new[order] and new[order]:find('^%(%S+ ~ ')) then time = nil end
            new[field] = time
          end
          if not holds then
            table.insert(before, 1, '\(answers.refused)')
            return before
          end
        end

        new['\(Fields.form.name)'] = '\(Fields.form.value)'
        local sets, gone, after = {}, {}, {'\(answers.done)'}
        for name, value in pairs(new) do
          after[#after + 1] = name
          after[#after + 1] = value
          if old[name] ~= value then
            sets[#sets + 1] = name
            sets[#sets + 1] = value
          end
        end
        for name in pairs(old) do
          if new[name] == nil then gone[#gone + 1] = name end
        end
        -- A server without memory refuses the first of these.
        for i = 1, #sets, 2000 do redis.call('HSET', key, unpack(sets, i, math.min(i + 1999, #sets))) end
        for i = 1, #gone, 2000 do redis.call('HDEL', key, unpack(gone, i, math.min(i + 1999, #gone))) end
        local time = new['\(Attribute.expiresAt)']
        if not time then
          redis.call('PERSIST', key)
        elseif isLess(time, '1') then
          redis.call('PEXPIREAT', key, '1')
        elseif isLess(time, '253402300799000') then
          redis.call('PEXPIREAT', key, time)
        else
          redis.call('PEXPIREAT', key, '253402300799000')
        end
        return after
        """

    static let digest = SHA1.hexadecimal(of: text)
}
