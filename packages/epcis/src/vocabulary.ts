/** The word lists of CBV 2.0 in which a value may be a bare word (design section 1). */
export type VocabularyName =
  | 'bizStep'
  | 'disposition'
  | 'transactionType'
  | 'partyType'
  | 'errorReason'
  | 'exception'
  | 'component'
  | 'sensorType';

export interface Vocabulary {
  /** What stands before the bare word in its full form. */
  readonly base: string;
  readonly words: ReadonlySet<string>;
}

const CBV = 'https://ref.gs1.org/cbv/';
const GS1 = 'https://gs1.org/voc/';

const BIZ_STEPS = `accepting arriving assembling collecting commissioning consigning
  creating_class_instance cycle_counting decommissioning departing destroying disassembling
  dispensing encoding entering_exiting holding inspecting installing killing loading other packing
  picking receiving removing repackaging repairing replacing reserving retail_selling sampling
  sensor_reporting shipping staging_outbound stock_taking stocking storing transporting unloading
  unpacking void_shipping`;

const DISPOSITIONS = `active available completeness_inferred completeness_verified conformant
  container_closed container_open damaged destroyed dispensed disposed encoded expired in_progress
  in_transit inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement
  no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved
  retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown`;

const TRANSACTION_TYPES = `bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres
  upevt`;

const COMPONENTS = `x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle
  easting northing latitude longitude altitude`;

const SENSOR_TYPES = `AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude
  AmountOfSubstance AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum
  AngularVelocity Area Capacitance Conductance Conductivity Count Density Dimensionless
  DoseEquivalent DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent
  ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency Illuminance
  Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
  LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass
  MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy
  MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity Radioactivity
  RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity
  SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction
  VolumetricFlux Wavenumber`;

/** Bare words and what they stand for (design sections 1 and 5.4). */
export const vocabularies: Readonly<Record<VocabularyName, Vocabulary>> = {
  bizStep: vocabulary(`${CBV}BizStep-`, BIZ_STEPS),
  disposition: vocabulary(`${CBV}Disp-`, DISPOSITIONS),
  transactionType: vocabulary(`${CBV}BTT-`, TRANSACTION_TYPES),
  partyType: vocabulary(`${CBV}SDT-`, 'owning_party possessing_party location'),
  errorReason: vocabulary(`${CBV}ER-`, 'did_not_occur incorrect_data'),
  exception: vocabulary(GS1, 'ALARM_CONDITION ERROR_CONDITION'),
  component: vocabulary(`${CBV}Comp-`, COMPONENTS),
  sensorType: vocabulary(GS1, SENSOR_TYPES),
};

/** The URN form of CBV 1.x and its successor (design section 5.3). */
export const cbvUrns: readonly (readonly [urn: string, base: string])[] = [
  ['urn:epcglobal:cbv:bizstep:', `${CBV}BizStep-`],
  ['urn:epcglobal:cbv:disp:', `${CBV}Disp-`],
  ['urn:epcglobal:cbv:btt:', `${CBV}BTT-`],
  ['urn:epcglobal:cbv:sdt:', `${CBV}SDT-`],
  ['urn:epcglobal:cbv:er:', `${CBV}ER-`],
];

/** The prefixes that the standard context declares and no document may change. */
export const standardPrefixes: ReadonlyMap<string, string> = new Map([
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['cbv', CBV],
  ['gs1', GS1],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
]);

function vocabulary(base: string, words: string): Vocabulary {
  return { base, words: new Set(words.split(/\s+/)) };
}
