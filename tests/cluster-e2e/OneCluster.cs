using FedOperator.ClusterEndToEnd.Harness;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FedOperator.ClusterEndToEnd;

/// <summary>One cluster and one store for all tests, one after another.</summary>
[CollectionDefinition(nameof(OneCluster))]
public sealed class OneCluster : ICollectionFixture<Workplace>;
