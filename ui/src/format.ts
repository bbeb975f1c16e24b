// How numbers, sizes and times are written for people.
import { say } from './words'

// bytes writes a size: "812 B", "5.2 KB", "1.4 MB" (1 KB is 1024 B, as in data sheets of such chips).
export function bytes(n: number): string {
  if (n < 1024) return say('unit.bytes', { n })
  if (n < 10 * 1024) return say('unit.kilobytes', { n: (n / 1024).toFixed(1) })
  if (n < 1024 * 1024) return say('unit.kilobytes', { n: Math.round(n / 1024) })
  const mega = n / 1024 / 1024
  return say('unit.megabytes', { n: mega < 10 ? mega.toFixed(1) : Math.round(mega) })
}

// part writes how much of a whole: "41 of 256 KB".
export function part(done: number, total: number): string {
  if (total >= 1024 * 1024)
    return say('unit.ofMegabytes', { done: (done / 1024 / 1024).toFixed(1), total: (total / 1024 / 1024).toFixed(1) })
  if (total >= 10 * 1024) return say('unit.ofKilobytes', { done: Math.round(done / 1024), total: Math.round(total / 1024) })
  return say('unit.ofBytes', { done, total })
}

// duration writes a span of time: "12 s", "3 min", "2 h 10 min".
export function duration(millis: number): string {
  const s = Math.max(0, Math.floor(millis / 1000))
  if (s < 60) return say('unit.seconds', { n: s })
  const m = Math.floor(s / 60)
  if (m < 60) return say('unit.minutes', { n: m })
  return say('unit.hours', { n: Math.floor(m / 60), m: m % 60 })
}

// seconds writes a short measured time: "0.42 s".
export function seconds(millis: number): string {
  return say('unit.seconds', { n: millis < 9950 ? (millis / 1000).toFixed(1) : Math.round(millis / 1000) })
}

const two = (n: number) => String(n).padStart(2, '0')

// clock writes a time of day with milliseconds: "10:02:14.870".
export function clock(millis: number): string {
  const d = new Date(millis)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`
}

// when writes a date and time in the reader's own way.
export function when(millis: number): string {
  return new Date(millis).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

// nameOf is the last part of a path.
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
