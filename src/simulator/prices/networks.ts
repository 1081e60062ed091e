import { type Micros, parseMicros } from '../formats/money.ts';

/** One mobile network and what a segment to it costs. */
export interface Network {
  /** Country calling code, or a longer prefix, without `+`. */
  readonly dialCode: string;
  readonly mcc: string;
  readonly country: string;
  readonly mnc: string;
  readonly name: string;
  readonly rate: Micros;
  readonly previousRate: Micros;
}

/** Dial codes, mobile country code, country; then per network: mobile network code, name, rate, rate before. EUR. */
const TABLE = `
1 310 United States: 004 Verizon Wireless 0.0085 0.0080; 410 AT&T Mobility 0.0085 0.0085; 260 T-Mobile 0.0085 0.0090
1204,1416,1514,1604,1647 302 Canada: 720 Rogers 0.0092 0.0092; 220 Telus 0.0092 0.0095
7 250 Russia: 01 MTS 0.1950 0.1890; 02 MegaFon 0.2010 0.2010
77 401 Kazakhstan: 01 Beeline 0.1240 0.1240; 02 Kcell 0.1310 0.1280
20 602 Egypt: 01 Orange 0.1120 0.1080; 02 Vodafone 0.1160 0.1160
27 655 South Africa: 01 Vodacom 0.0184 0.0184; 10 MTN 0.0179 0.0186
30 202 Greece: 01 Cosmote 0.0412 0.0412; 05 Vodafone 0.0420 0.0398
31 204 Netherlands: 04 Vodafone 0.0785 0.0785; 08 KPN 0.0801 0.0801
32 206 Belgium: 01 Proximus 0.0810 0.0790; 10 Orange 0.0790 0.0790
33 208 France: 01 Orange 0.0455 0.0455; 10 SFR 0.0461 0.0449; 20 Bouygues Telecom 0.0455 0.0455
34 214 Spain: 01 Vodafone 0.0390 0.0390; 07 Movistar 0.0402 0.0395
351 268 Portugal: 01 Vodafone 0.0285 0.0285; 06 MEO 0.0291 0.0291
352 270 Luxembourg: 01 POST 0.0920 0.0920
353 272 Ireland: 01 Vodafone 0.0510 0.0510; 05 Three 0.0498 0.0498
354 274 Iceland: 01 Siminn 0.0640 0.0640
356 278 Malta: 01 Epic 0.0470 0.0470
357 280 Cyprus: 01 Cyta 0.0310 0.0310
358 244 Finland: 05 Elisa 0.0610 0.0590; 91 Telia 0.0615 0.0615
359 284 Bulgaria: 01 A1 0.0720 0.0720
36 216 Hungary: 30 Telekom 0.0690 0.0690
370 246 Lithuania: 01 Telia 0.0280 0.0280
371 247 Latvia: 01 LMT 0.0390 0.0390
372 248 Estonia: 01 Telia 0.0560 0.0560
380 255 Ukraine: 01 Vodafone 0.0980 0.0940; 03 Kyivstar 0.1010 0.1010
385 219 Croatia: 01 HT 0.0640 0.0640
386 293 Slovenia: 41 Telekom 0.0410 0.0410
39 222 Italy: 01 TIM 0.0480 0.0480; 10 Vodafone 0.0492 0.0470
40 226 Romania: 01 Vodafone 0.0440 0.0440; 10 Orange 0.0451 0.0451
41 228 Switzerland: 01 Swisscom 0.0580 0.0580; 03 Salt 0.0560 0.0560
420 230 Czechia: 01 T-Mobile 0.0420 0.0420; 02 O2 0.0431 0.0431
421 231 Slovakia: 01 Orange 0.0520 0.0520
43 232 Austria: 01 A1 0.0540 0.0520; 05 Drei 0.0530 0.0530
44 234 United Kingdom: 10 O2 0.0325 0.0325; 15 Vodafone 0.0318 0.0310; 30 EE 0.0331 0.0331
45 238 Denmark: 01 TDC 0.0310 0.0310; 02 Telenor 0.0302 0.0302
46 240 Sweden: 01 Telia 0.0440 0.0440; 07 Tele2 0.0432 0.0450
47 242 Norway: 01 Telenor 0.0490 0.0490; 02 Telia 0.0485 0.0485
48 260 Poland: 01 Plus 0.0215 0.0215; 03 Orange 0.0221 0.0209
49 262 Germany: 01 Telekom 0.0690 0.0690; 02 Vodafone 0.0702 0.0685; 03 O2 0.0690 0.0690
52 334 Mexico: 020 Telcel 0.0260 0.0260; 03 Movistar 0.0254 0.0254
54 722 Argentina: 07 Movistar 0.0480 0.0480
55 724 Brazil: 05 Claro 0.0195 0.0195; 06 Vivo 0.0201 0.0188
57 732 Colombia: 101 Claro 0.0112 0.0112
60 502 Malaysia: 12 Maxis 0.0560 0.0560
61 505 Australia: 01 Telstra 0.0272 0.0272; 02 Optus 0.0268 0.0280
62 510 Indonesia: 10 Telkomsel 0.1480 0.1420
63 515 Philippines: 02 Globe 0.0990 0.0990
64 530 New Zealand: 01 One 0.0690 0.0690
65 525 Singapore: 01 Singtel 0.0305 0.0305
66 520 Thailand: 01 AIS 0.0165 0.0165
81 440 Japan: 10 NTT Docomo 0.0610 0.0610
82 450 South Korea: 05 SK Telecom 0.0220 0.0220
84 452 Vietnam: 01 MobiFone 0.0510 0.0510
90 286 Turkey: 01 Turkcell 0.0180 0.0172
91 404 India: 10 Airtel 0.0310 0.0310; 20 Vi 0.0302 0.0302
971 424 United Arab Emirates: 02 Etisalat 0.0820 0.0820
972 425 Israel: 01 Partner 0.0410 0.0410
`;

const COUNTRY_LINE = /^(\S+) (\d{3}) ([^:]+): (.+)$/;
const NETWORK_ENTRY = /^(\d+) (.+) (\d\.\d{4}) (\d\.\d{4})$/;

function parseNetworks(line: string): readonly Network[] {
  const [, dialCodes = '', mcc = '', country = '', entries = ''] = COUNTRY_LINE.exec(line) ?? [];
  return dialCodes.split(',').flatMap((dialCode) =>
    entries.split('; ').map((entry) => {
      const [, mnc = '', name = '', rate = '', before = ''] = NETWORK_ENTRY.exec(entry) ?? [];
      return {
        dialCode,
        mcc,
        country,
        mnc,
        name,
        rate: parseMicros(rate),
        previousRate: parseMicros(before),
      };
    }),
  );
}

/** Every network the simulator has a price for. */
export const NETWORKS: readonly Network[] = TABLE.trim().split('\n').flatMap(parseNetworks);
