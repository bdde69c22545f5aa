/** In the order in which they start: whoever is asked comes before who asks, though none has to. */
export const SERVICES = ["workforce", "customer", "marketing", "service-desk", "telephony", "analytics", "gateway"] as const;
export type ServiceName = (typeof SERVICES)[number];
