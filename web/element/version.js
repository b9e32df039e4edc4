/** Version of this package. Two versions may live on one page, under two tag names. */
export const version = '0.1.0';
