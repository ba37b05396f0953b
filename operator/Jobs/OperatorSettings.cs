namespace FedOperator.Operator.Jobs;

/// <summary>How the operator was set up: from its command line and environment, checked at its start.</summary>
internal sealed record OperatorSettings
{
    /// <summary>Namespaces to serve; empty: all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Image of trainers and aggregators whose job names none.</summary>
    public required string TrainerImage { get; init; }

    /// <summary>Always, IfNotPresent or Never; null: Kubernetes' default for the tag.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>Hosts of storage accounts at which the operator's own identity may be used.</summary>
    public IReadOnlyList<string> AllowedAccounts { get; init; } = [];

    /// <summary>The one claim with volume storage that the operator serves; null: none.</summary>
    public string? StorageClaim { get; init; }

    /// <summary>Where the operator sees that claim.</summary>
    public string StorageClaimPath { get; init; } = "/var/lib/fed-operator";

    /// <summary>Kinds of volumes that a job may mount.</summary>
    public IReadOnlyList<string> AllowedVolumeKinds { get; init; } = ["persistentVolumeClaim", "configMap", "secret", "emptyDir", "projected", "downwardAPI", "csi", "ephemeral"];

    /// <summary>Service accounts that a job's pods may name, beside `default`.</summary>
    public IReadOnlyList<string> AllowedServiceAccounts { get; init; } = [];

    /// <summary>For how long a credential is good.</summary>
    public TimeSpan CredentialLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Credentials are renewed when so little of them is left.</summary>
    public TimeSpan CredentialRenewBefore { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Shortest time between two looks at the ledger of a running job.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Port on which pods of trainers and aggregators serve /metrics.</summary>
    public int PodMetricsPort { get; init; } = 9400;

    /// <summary>User and group of the pods that share volume storage with the operator.</summary>
    public int PodUser { get; init; } = 65532;

    /// <summary>Passes at the same time.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>Requests at the same time to the API server, watches and the lease apart.</summary>
    public int KubeApiParallelism { get; init; } = 16;

    /// <summary>Proxy on the way to the API server; null: there is none, whatever the environment says. HTTPS_PROXY is for the storage.</summary>
    public Uri? KubeApiProxy { get; init; }

    /// <summary>The lease that the one operator at work holds; null: this one works without asking.</summary>
    public LeaseKey? Lease { get; init; }

    /// <summary>Port of /metrics, /healthz and /readyz.</summary>
    public int Listen { get; init; } = 8080;
}

/// <summary>Names a Lease.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">Its name.</param>
internal sealed record LeaseKey(string Namespace, string Name);
