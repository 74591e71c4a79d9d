#pragma once

namespace skyreplay::reference {

/// The reference with one rule broken, to show that the comparison would find it.
enum class Mutation {
  kNone,
  kIdleOneNanosecondLonger,     ///< L14a
  kLeastRecentlyUsedAlways,     ///< L15
  kInitUnbilled,                ///< L22
  kMillisecondsRoundedDown,     ///< L23
  kReservationsUnclaimed,       ///< L43
  kThrottledKeepsItsToken,      ///< L44
  kTokensInWholeSeconds,        ///< L45
  kNoResetAfterTimeout,         ///< L7
  kDeadlineCutsTies,            ///< Timeouts
  kBackoffWithoutCap,           ///< Retries
  kRetriesServerTimeouts,       ///< L74
  kLastComeFirstServed,         ///< E148
  kSharesWithoutOneVcpuEach,    ///< E149
  kEqualTargetsByNumber,        ///< E152
  kRoundRobinStartsOver,        ///< E103
  kDrainingAtOnce,              ///< E111
  kNoIdleTimeout,               ///< E112
  kNewTargetNeedsThreshold,     ///< E108
  kCoverageCarriesOver,         ///< E143
  kNoFailOpen,                  ///< E110
  kSlowStartForAll,             ///< E104
  kZonesShareByTargets,         ///< E106
  kNoMinimumOf60Seconds,        ///< E138
  kHoursAreNotBegun,            ///< E118
  kLargestOfThreeDimensions,    ///< E119
  kWaitsBeforeItCalls,          ///< A call
  kPathOfOneCall,               ///< Draws of calls
  kConnectionFreedOnTimeout,    ///< External services
  kProtectedGo,                 ///< E17
  kOldestGoes,                  ///< E33
  kMeasuresWarming,             ///< E50
  kScalesInWhileWarming,        ///< E51
  kAnyMayScaleIn,               ///< E54
  kInProportionToDesired,       ///< E60
  kRoundsPercentUp,             ///< E69
  kStepsFromDesired,            ///< E70
  kNoCooldown,                  ///< E73
  kLooksBackNPeriods,           ///< E87
  kLoneBreachAlarms,            ///< E89
  kActsOnChangeAlone,           ///< E93
  kPublishedAtOnce,             ///< E96
  kAlarmsAreFree,               ///< E102
  kProvisionedUnclaimed,        ///< L43
  kUsableOneByOne,              ///< L36
  kProvisionedByTheMinute,      ///< L93
  kBoundsPass,                  ///< E2
  kSuspendedActionsHappen,      ///< E22
  kRecursAtItsEnd,              ///< E77
  kForecastsOnce,               ///< E78
  kNoSchedulingBuffer,          ///< E79
  kForecastTakesAway,           ///< E79
  kMaximumIsHonored,            ///< E80
  kForecastHoldsNothing,        ///< E54
  kLastHourUnknown,             ///< E78
  kKilledFinish,                ///< E12
  kFaultsLast,                  ///< When a fault happens
  kSlowsWhatIsServed,           ///< What a fault multiplies
  kLaunchesIntoLostZones,       ///< E20
  kInterruptedIsBilled,         ///< E41
  kReplacedWhenReclaimed,       ///< E40
  kShocksTakeAll,               ///< E43
  kNoticeOfOneMinute,           ///< E39
  kNoGrace,                     ///< E13
  kReplacesAllAtOnce,           ///< E14
  kFirstPolicyAlone,            ///< E33
  kAbandonedGoOn,               ///< E9
  kWaitsAfterItsBoot,           ///< E7
  kDrainedAreFree,              ///< E8
  kFailedLaunchesCountNowhere,  ///< E20
  kZonesStayUneven,             ///< E21
  kHeartbeatsAreDeaf,           ///< E9
  kRestoreBilledInFull,         ///< L24
  kRestoresWithoutLimit,        ///< L5
  kCacheByTheSecond,            ///< L34
  kRestoresAreFree,             ///< L34
  kOldInitIsBilled,             ///< L22
  kScalesFunctionByFunction,    ///< L46
  kLifetimeDrawnOnce,           ///< L10
  kGatewayWaits,                ///< L51
  kThrottledAtGatewayIsBilled,  ///< L51
  kNoApiOfItsOwn,               ///< L51
  kAnyPayloadPasses,            ///< L52, L73
  kPayloadsByTheRequest,        ///< L97
  kFunctionsOfWholeGigabytes,   ///< E118
  kBaseIsSplitToo,              ///< C71
  kSplitForgetsTheService,      ///< C72
  kAnyGoes,                     ///< C73
  kZonesOfAllProviders,         ///< C12
  kInterruptedMayFinish,        ///< C74
  kInterruptedIsNotReplaced,    ///< C74
  kSpotIsOnDemand,              ///< C118
  kCurrentIsDesired,            ///< C100
  kAddsInItsCooldown,           ///< C101
  kTakesAwayInItsCooldown,      ///< C101
  kCooldownOutlivesScaleOut,    ///< C101
  kCooldownCountsFromDesired,   ///< C109
  kNoneAreInProportion,         ///< C103
  kPassesTheBound,              ///< C104
  kServiceCronStarts,           ///< C110
  kRateCountsFromTheRun,        ///< C110
  kThirdAttemptLikeTheSecond,   ///< L55
  kThrottlesPauseOneSecond,     ///< L56
  kEventsNeverTooOld,           ///< L56
  kReservedNothingIsRetried,    ///< L56
  kEventsHaveARate,             ///< L48
  kAllConcurrencyAtOnce,        ///< L61
  kBatchesOfOne,                ///< L63
  kNoBatchingWindow,            ///< L63
  kFailedAreVisibleAtOnce,      ///< L65
  kBatchesFailAsAWhole,         ///< L65
  kNoDeadLetterQueue,           ///< L65
  kEmptyReceivesAreFree,        ///< Requests to SQS
  kRecordsNeverTooOld,          ///< L66
  kBatchesStayWhole,            ///< L66
  kStreamsHaveOneLane,          ///< L66
  kPriceOfTheLaunch,            ///< E146
  kIdleUtilizationIsZero,       ///< L39
  kUtilizationIsItsPeak,        ///< L100
  kConfiguredIsReady,           ///< L100
  kStoppingTasksAreFree,        ///< C22
  kInstancesAreShared,          ///< C66
  kFirstStrategyAlone,          ///< C64
  kEveryTaskPulls,              ///< C28
  kWaitsForEver,                ///< C70
  kTasksOutliveInstances,       ///< C60
  kCpuIsLikeMemory,             ///< C121
  kWaitingNeedNothing,          ///< C78
  kScalesInTheWarmup,           ///< C84
  kShrinksAtOnce,               ///< C85
  kBusyAreTaken,                ///< C87
  kLaunchTypesScale,            ///< C90
  kMinimumHealthyRoundedDown,   ///< C37
  kMaximumRoundedUp,            ///< C37
  kRunningIsHealthy,            ///< C40
  kUnhealthyStay,               ///< C41
  kUnhealthyGoAtOnce,           ///< C41
  kLostBecomeNew,               ///< C41
  kNoGraceOfTasks,              ///< C42
  kThresholdRoundedDown,        ///< C43
  kFailuresAddUp,               ///< C44
  kNothingRollsBack,            ///< C45
  kRestartsAtOnce,              ///< C46
  kScalesInWhileDeploying,      ///< C59
  kReadyWhenItRuns,             ///< C35
  kTasksStayUneven,             ///< C52
  kFullestStopsFirst,           ///< C52
  kSizeStaysTheFirst,           ///< C22
  kImagesAreTheSame,            ///< C28
  kTasksStayWhileDraining,      ///< C56
  kContainersGoUnasked,         ///< C26
  kStartPeriodCounts,           ///< C26
  kStoppingTakesNoTime,         ///< C24
  kStopsWhenItLikes,            ///< C24
  kServicesLaunchAtAnyRate,     ///< C48
  kAllIsShiftedAtOnce,          ///< C58
  kOldTasksDoNotBake,           ///< C58
  kShiftsBeforeAllAreHealthy,   ///< C58
  kFailedKeepsTraffic,          ///< C58
  kInterruptedJobsStopAtOnce,   ///< C74
  kJobsNeverWait,               ///< C113
  kStartOfJobsIsFree,           ///< C119
  kLaunchesAtAnyRate,           ///< C114
  kDrainingAreNotRegistered,    ///< C122
  kCloseMetricsAreOfMinutes,    ///< C94
  kCloseMetricsAreFree,         ///< C94
  kAccountsLaunchAtAnyRate,     ///< C49
  kNobodyStandsInLine,          ///< C49
  kLastInLineFirst,             ///< C49
  kFullIsTooMuch,               ///< C4
  kWaitingTakeMemory,           ///< C4
  kMemoryIsWhatThereIs,         ///< C93
  kSoftLimitIsNoMeasure,        ///< C93
  kPlacedByTheHardLimit,        ///< C5
  kBalancersHaveNoAddress,      ///< E141
  kStandbyKeepsItsPlace,        ///< E6
  kStandbyEnds,                 ///< E6
  kDetachedAreFree,             ///< E6
  kOperationsPassTheBounds,     ///< E6
  kStandbyLeavesZonesUneven,    ///< E21
  kPriceIsNoReason,             ///< E36
  kPricedOutMayStay,            ///< E36
  kLoadIsTheScalingMetric,      ///< E81
  kLoopsOfSeventeen,            ///< L67
  kCrashesResetNothing,         ///< L7
  kClaimsWhatIsUsed,            ///< L43
  kThrottlesAreInvocations,     ///< L100
  kDurationHasInit,             ///< L100
  kPlanPaysForAll,              ///< L95
  kEveryJobPulls,               ///< C28
  kJobsSpread,                  ///< C61
  kJobsAskForNothing,           ///< C78
  kJobsDoNotProvision,          ///< C89
  kJobsProvisionForEver,        ///< C89
  kRefusedJobsWait,             ///< C70
  kLastJobFirst,                ///< C117
  kJobsLeaveDraining,           ///< C116
  kLostJobsEndWell,             ///< C113
  kDaemonsHoldNothing,          ///< C36
  kDaemonsStopFirst,            ///< C88
  kDaemonsKeepInstances,        ///< C77, C87
  kDaemonsTakeNothingOfNew,     ///< C78
  kClustersStayUneven,          ///< C53
  kLeavingAreKept,              ///< C56, C58
  kAnyProviderWillDo,           ///< C71
  kWaitingGoAnywhere,           ///< C73
  kWaitForEveryProvider,        ///< C75
  kProvidersAreOne,             ///< C75
  kAnyProviderGives,            ///< C73
  kLeavingKeepTheirShare,       ///< C73
  kProvisionsOnAnyProvider,     ///< C89
  kFirstProviderPays,           ///< C121
  kAnyNumberInFlight,           ///< L65
  kWorkersHideForEver,          ///< L65
  kVisibleAgainIsLost,          ///< L65
  kWorkersTakeOldOnes,          ///< L65
  kLastPollerFirst,             ///< Queue workers
  kStoppingTasksTakeMore,       ///< Queue workers
  kStoppedTasksReturnAtOnce,    ///< Queue workers
  kPollsAreFree,                ///< Requests to SQS
  kReceivesTakeNoTime,          ///< Queue workers
  kOldestIsAnyMessage,          ///< Queue workers
  kBacklogOfAllTasks,           ///< Queue workers
  kSidecarsTakeNoCpu,           ///< C3
  kSharesDoNotCount,            ///< C3
  kLittleSharesAreNone,         ///< C3
  kLeftOverIsLost,              ///< C3
  kSidecarsAreNotMeasured,      ///< C93
  kSidecarsTakeNoMemory,        ///< C4, C93
  kOwnLimitDoesNotCount,        ///< C4
  kEveryContainerIsEssential,   ///< C6
  kNoContainerIsEssential,      ///< C6
  kRestartsAtAnyTime,           ///< C7
  kEveryCodeIsRestarted,        ///< C7
  kPeriodIsOfTheTask,           ///< C7
  kRequestsOutliveContainers,   ///< C7
  kServesWhileItRestarts,       ///< C7
  kSidecarsHaveNoImage,         ///< C28
  kEnd                          ///< of the list
};
inline constexpr int kMutations = static_cast<int>(Mutation::kEnd);

}  // namespace skyreplay::reference
