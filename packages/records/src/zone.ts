/** Whose day it is where nobody says otherwise. */
export const ZONE = "Asia/Shanghai";
