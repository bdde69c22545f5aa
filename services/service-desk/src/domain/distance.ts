type Point = { readonly latitude: number; readonly longitude: number };

const EARTH_KM = 6_371;

/** Kilometres along the great circle (haversine); roads are longer, but equally so for all. */
export function distanceKm(a: Point, b: Point): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (from: number, to: number) => Math.sin(rad(to - from) / 2) ** 2;
  const h = half(a.latitude, b.latitude) + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * half(a.longitude, b.longitude);
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
