import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export const createLogger = (level: string): Logger => pino({ level });
