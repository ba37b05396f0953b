namespace FedOperator.OperatorCluster.Tests;

/// <summary>All tests of this project: one after the other, for some restart the API server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Cluster
{
    /// <summary>Its name.</summary>
    public const string Name = "cluster";
}
