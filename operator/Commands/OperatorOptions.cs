using System.CommandLine;
using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Commands;

/// <summary>The options of `fed operator`, each also by an environment variable: `--poll-interval` is FED_OPERATOR_POLL_INTERVAL, and a list there stands between commas.</summary>
internal sealed class OperatorOptions
{
    private const string InClusterNamespace = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private static readonly OperatorSettings s_defaults = new() { TrainerImage = "" };

    // Kubelets bring a Secret's change into pods within about a minute and a half; a third of the lifetime is left then.
    private static readonly TimeSpan s_shortestLifetime = TimeSpan.FromMinutes(5);

    private readonly Option<string[]> _namespaces = List("--namespace", "A namespace to serve; repeat it for several. Default: all of the cluster, which needs a ClusterRole.");
    private readonly Option<string?> _trainerImage = One("--trainer-image", "Required. Image of trainers and aggregators whose job names none, with its tag or digest.");
    private readonly Option<string?> _pullPolicy = One("--image-pull-policy", "Always, IfNotPresent or Never, for those images. Default: Kubernetes' own for the tag.");
    private readonly Option<string[]> _accounts = List("--allowed-account", "Host of a storage account at which the operator may use its own identity (workload identity) for jobs that name no credentialsSecret; repeat it. Default: none, every job brings a Secret.");
    private readonly Option<string?> _claim = One("--storage-claim", "Name of the PersistentVolumeClaim that jobs with `storage.volume` may name. The operator must see it at --storage-path, and serves one namespace only then. Default: no volume storage.");
    private readonly Option<string?> _claimPath = One("--storage-path", $"Folder at which the operator sees that claim. Default: {s_defaults.StorageClaimPath}.");
    private readonly Option<string[]> _volumeKinds = List("--allowed-volume-kind", $"Kind of volume that a job may mount; repeat it, all kinds count that are named. Default: {string.Join(", ", s_defaults.AllowedVolumeKinds)}.");
    private readonly Option<string[]> _accountsOfPods = List("--allowed-service-account", "Service account that a job's pods may run as, beside `default`; repeat it. Default: none.");
    private readonly Option<string?> _lifetime = One("--credential-lifetime", "For how long a job's storage credentials are good; at least 5m, and they are renewed when a third of it is left. Default: 24h.");
    private readonly Option<string?> _poll = One("--poll-interval", "Shortest time between two looks at the ledger of a running job. Default: 5s.");
    private readonly Option<string?> _workers = One("--workers", $"Jobs that are looked after at the same time. Default: {s_defaults.Workers}.");
    private readonly Option<string?> _parallelism = One("--kube-api-parallelism", $"Requests to the API server at the same time. Default: {s_defaults.KubeApiParallelism}.");
    private readonly Option<string?> _elect = Flag("--leader-elect", "Work only while holding a lease, so that of several replicas one does. Default: true; `--leader-elect=false` for a single one.");
    private readonly Option<string?> _leaseNamespace = One("--lease-namespace", "Namespace of that lease. Default: the pod's own.");
    private readonly Option<string?> _leaseName = One("--lease-name", "Its name: operators that serve different namespaces from one need different ones. Default: fed-operator.");
    private readonly Option<string?> _listen = One("--listen", $"Port of /metrics, /healthz and /readyz. Default: {s_defaults.Listen}.");
    private readonly Option<string?> _podMetricsPort = One("--pod-metrics-port", $"Port on which trainers and aggregators serve /metrics. Default: {s_defaults.PodMetricsPort}.");
    private readonly Option<string?> _podUser = One("--pod-user", $"User and group id of pods, and of the files in volume storage. Default: {s_defaults.PodUser}.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_namespaces, _trainerImage, _pullPolicy, _accounts, _claim, _claimPath, _volumeKinds, _accountsOfPods, _lifetime, _poll, _workers, _parallelism, _elect, _leaseNamespace, _leaseName, _listen, _podMetricsPort, _podUser];
        foreach (var option in all)
            command.Options.Add(option);
    }

    /// <summary>The settings, or everything that is wrong with them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public (OperatorSettings? Settings, IReadOnlyList<Problem> Problems) Read(ParseResult parsed, Func<string, string?> environment)
    {
        var read = new SettingsReader(parsed, environment);
        var lifetime = read.Duration(_lifetime, s_defaults.CredentialLifetime, s_shortestLifetime, TimeSpan.FromDays(7));
        var settings = new OperatorSettings
        {
            Namespaces = read.Labels(_namespaces),
            TrainerImage = read.Image(_trainerImage),
            ImagePullPolicy = read.Choice(_pullPolicy, ["Always", "IfNotPresent", "Never"]),
            AllowedAccounts = read.Hosts(_accounts),
            StorageClaim = read.Name(_claim),
            StorageClaimPath = read.Text(_claimPath) ?? s_defaults.StorageClaimPath,
            AllowedVolumeKinds = read.Choices(_volumeKinds, VolumeKinds.All) is { Count: > 0 } kinds ? kinds : s_defaults.AllowedVolumeKinds,
            AllowedServiceAccounts = read.Names(_accountsOfPods),
            CredentialLifetime = lifetime,
            CredentialRenewBefore = lifetime / 3,
            PollInterval = read.Duration(_poll, s_defaults.PollInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            Workers = read.Number(_workers, s_defaults.Workers, 1, 256),
            KubeApiParallelism = read.Number(_parallelism, s_defaults.KubeApiParallelism, 1, 256),
            Lease = Lease(read),
            Listen = read.Number(_listen, s_defaults.Listen, 1, 65535),
            PodMetricsPort = read.Number(_podMetricsPort, s_defaults.PodMetricsPort, 1024, 65535),
            PodUser = read.Number(_podUser, s_defaults.PodUser, 1, int.MaxValue),
        };
        CheckClaim(read, settings);
        return (read.Problems.Count == 0 ? settings : null, read.Problems);
    }

    private LeaseKey? Lease(SettingsReader read)
    {
        var elects = read.Truth(_elect, otherwise: true);
        var name = read.Name(_leaseName) ?? "fed-operator";
        var space = read.Label(_leaseNamespace) ?? (File.Exists(InClusterNamespace) ? File.ReadAllText(InClusterNamespace).Trim() : null);
        if (!elects)
            return null;
        if (space is null && !read.IsGiven(_leaseNamespace))
            read.Add(_leaseNamespace, null, "is needed outside a cluster, where no pod's namespace is known", "name the namespace of the lease, or give --leader-elect=false if no other operator runs");
        return new LeaseKey(space ?? "", name);
    }

    private void CheckClaim(SettingsReader read, OperatorSettings settings)
    {
        if (settings.StorageClaim is null)
        {
            if (read.IsGiven(_claimPath))
                read.Add(_claimPath, settings.StorageClaimPath, "is of no use without a claim", "name the claim with --storage-claim, or leave this out");
            return;
        }
        // The claim is one namespace's: the operator cannot reach another's.
        if (settings.Namespaces.Count != 1)
            read.Add(_namespaces, settings.Namespaces.Count == 0 ? null : string.Join(",", settings.Namespaces), "does not name exactly one namespace, which volume storage needs", $"name the one namespace that has the claim {settings.StorageClaim}");
        if (!Path.IsPathRooted(settings.StorageClaimPath) || !Directory.Exists(settings.StorageClaimPath))
            read.Add(_claimPath, settings.StorageClaimPath, "is not a folder here", $"give the absolute path at which the claim {settings.StorageClaim} is mounted");
    }

    private static Option<string?> One(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ExactlyOne, HelpName = Hint(name) };

    private static Option<string?> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne, HelpName = "true|false" };

    private static Option<string[]> List(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false, HelpName = Hint(name) };

    private static string Hint(string name) => name.Split('-')[^1].ToUpper(CultureInfo.InvariantCulture);
}
