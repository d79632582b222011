import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DelayLine } from './delayLine.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a delay line', () => {
  it('hands on at once what is not late', () => {
    const got: string[] = [];
    const line = new DelayLine<string>((item) => got.push(item));
    line.push('a', 0);
    expect(got).toEqual(['a']);
  });

  it('hands on late items when they are due', () => {
    const got: string[] = [];
    const line = new DelayLine<string>((item) => got.push(item));
    line.push('a', 100);
    vi.advanceTimersByTime(99);
    expect(got).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(got).toEqual(['a']);
  });

  it('a shorter delay overtakes nothing', () => {
    const got: string[] = [];
    const line = new DelayLine<string>((item) => got.push(item));
    line.push('a', 100);
    line.push('b', 0);
    line.push('c', 10);
    expect(got).toEqual([]);
    vi.advanceTimersByTime(101);
    expect(got).toEqual(['a', 'b', 'c']);
    line.push('d', 0);
    expect(got.at(-1)).toBe('d');
  });

  it('forgets what it holds when it is cleared', () => {
    const got: string[] = [];
    const line = new DelayLine<string>((item) => got.push(item));
    line.push('a', 100);
    line.clear();
    vi.advanceTimersByTime(1_000);
    expect(got).toEqual([]);
    expect(line.length).toBe(0);
  });
});
