/** The studio's version, as archives and cards name it; a test holds it to package.json. */
export const STUDIO_VERSION = '0.2.0';
