using System.Globalization;

namespace FedOperator.Operator.Children;

/// <summary>Names, labels and keys of what the operator makes.</summary>
internal static class ChildNames
{
    /// <summary>Our finalizer: on jobs whose blobs are deleted with them.</summary>
    public const string Finalizer = "fedoperator.io/blobs";

    /// <summary>Label with the job's name.</summary>
    public const string JobLabel = "fedoperator.io/job";

    /// <summary>Label with the role: `aggregator` or `trainer`.</summary>
    public const string RoleLabel = "fedoperator.io/role";

    /// <summary>Label with the process's name: a client's, or `aggregator`.</summary>
    public const string ProcessLabel = "fedoperator.io/process";

    /// <summary>Label with the number of the attempt.</summary>
    public const string AttemptLabel = "fedoperator.io/attempt";

    /// <summary>Label and value by which our objects are known.</summary>
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>Its value.</summary>
    public const string ManagedBy = "fed-operator";

    /// <summary>Label that a Secret with an account's key must carry, with value `true`.</summary>
    public const string StorageCredentialLabel = "fedoperator.io/storage-credential";

    /// <summary>Key of an account's key in that Secret.</summary>
    public const string AccountKey = "accountKey";

    /// <summary>Where a pod finds its credential file.</summary>
    public const string CredentialFile = "/var/run/fedoperator/credential.json";

    /// <summary>Where a pod sees the claim with volume storage.</summary>
    public const string StorageClaimPath = "/var/lib/fed-operator";

    /// <summary>Key of the credential in an external client's Secret.</summary>
    public const string ExternalCredentialKey = "credential.json";

    /// <summary>Key of the text in an external client's Secret that says how to run its trainer.</summary>
    public const string ExternalRunKey = "run.txt";

    private const int ClientsInOneSecret = 100;

    // A Secret holds 1 MiB. A client's credential has three URLs at most, the aggregator's one for each client, of half a kilobyte: from here on it needs a Secret to itself.
    private const int ClientsBesideTheAggregator = 1000;

    /// <summary>Name of a process's pod. Clients are numbered in the order of their names.</summary>
    public static string Pod(string job, bool isAggregator, int index, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{job}-{(isAggregator ? "aggregator" : "trainer")}-{index}-{attempt}");

    /// <summary>Name of the pod of the attempt before; null: it is the first.</summary>
    public static string? PodBefore(string pod)
    {
        var dash = pod.LastIndexOf('-');
        return int.Parse(pod.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and var attempt ? string.Create(CultureInfo.InvariantCulture, $"{pod.AsSpan(0, dash)}-{attempt - 1}") : null;
    }

    /// <summary>Name of the job's first Secret: the one with the aggregator's key.</summary>
    public static string Secret(string job) => $"{job}-credentials";

    /// <summary>Name of the Secret with a client's key.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="clients">How many clients it has.</param>
    /// <param name="index">This one's number.</param>
    public static string Secret(string job, int clients, int index)
    {
        var number = index / ClientsInOneSecret + (clients > ClientsBesideTheAggregator ? 1 : 0);
        return number == 0 ? Secret(job) : string.Create(CultureInfo.InvariantCulture, $"{Secret(job)}-{number}");
    }

    /// <summary>Key of a process's credential file in the job's Secret: `CLIENT.json`, `aggregator.json`.</summary>
    public static string SecretKey(string process) => process + ".json";

    /// <summary>Name of an external client's Secret. Names of jobs and clients have dashes in them, and no dots: those of `a` and `b-c` differ from those of `a-b` and `c`.</summary>
    public static string ExternalSecret(string job, string client) => $"{job}.{client}.credential";

    /// <summary>Whether a Secret of that name is an external client's, of whatever job.</summary>
    public static bool IsExternalSecret(string name) => name.EndsWith(ExternalSecret("", "")[1..], StringComparison.Ordinal);
}
