/**
 * A grade on a straight line: `worst` gives 0, `best` gives 100, beyond them stays 0 or 100. Either may be the larger.
 * NaN for a value that is NaN or a range without width, which `score` reports with the factor's name.
 */
export function linear(value: number, worst: number, best: number): number {
  if (worst === best || !Number.isFinite(worst) || !Number.isFinite(best)) return Number.NaN;
  const grade = ((value - worst) / (best - worst)) * 100;
  return Math.min(100, Math.max(0, grade));
}
