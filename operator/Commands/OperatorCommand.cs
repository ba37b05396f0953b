using System.CommandLine;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Exceptions;

namespace FedOperator.Operator.Commands;

/// <summary>`fed operator`.</summary>
internal static class OperatorCommand
{
    public static Command Create(TextWriter errors)
    {
        var options = new OperatorOptions();
        var command = new Command("operator",
            """
            Runs FederatedJobs on a Kubernetes cluster: watches them, makes an aggregator pod and a trainer pod for each client, and says in each job's status how it fares. The chart charts/fed-operator runs this.

            Each option may be given by an environment variable instead: --poll-interval is FED_OPERATOR_POLL_INTERVAL; a list stands between commas. The cluster is the one it runs in, or the one of KUBECONFIG or ~/.kube/config.
            It serves /metrics, /healthz and /readyz, logs JSON to standard error, ends passes that are under way on SIGTERM, and leaves with code 4 when it loses its lease.

            On a laptop: fed operator --trainer-image registry.example/fed-trainer:1.0 --leader-elect=false --namespace default
            """);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (settings, problems) = options.Read(parsed, Environment.GetEnvironmentVariable);
            foreach (var problem in problems)
                await errors.WriteLineAsync(problem.ToString()).ConfigureAwait(false);
            if (settings is null)
            {
                await errors.WriteLineAsync($"{problems.Count} problem{(problems.Count == 1 ? "" : "s")}; the operator was not started. See fed operator --help.").ConfigureAwait(false);
                return ExitCode.Invalid;
            }
            if (Cluster(errors) is not { } cluster)
                return ExitCode.Invalid;
            return await OperatorHost.RunAsync(settings, cluster, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static KubernetesClientConfiguration? Cluster(TextWriter errors)
    {
        try
        {
            return KubernetesClientConfiguration.BuildDefaultConfig();
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            errors.WriteLine($"KUBECONFIG: {Environment.GetEnvironmentVariable("KUBECONFIG") ?? "~/.kube/config"} cannot be used: {e.Message}; point KUBECONFIG to the file that kubectl uses.");
            return null;
        }
    }
}
