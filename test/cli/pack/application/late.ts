export const word = 'late';
