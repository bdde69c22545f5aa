/** In the order in which they start: whoever is asked comes before who asks, though none has to. */
export const SERVICES = ["workforce", "customer", "marketing", "service-desk", "telephony", "analytics", "gateway"] as const;
/** Those that read topics. */
export const CONSUMERS: readonly ServiceName[] = ["customer", "service-desk", "telephony", "analytics"];
export type ServiceName = (typeof SERVICES)[number];
