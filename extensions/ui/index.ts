export * from './client';
export * from './diff';
export * from './frame';
export * from './notes';
export * from './sandbox';
export * from './types';
