using FedOperator.Operator.Commands;
using FedOperator.Tests.Cluster;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>`fed` in this process, with a cluster.</summary>
internal static class FedCommandLine
{
    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await FedCommand.Create(output, errors).Parse(arguments).InvokeAsync();
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Runs a command about a job.</summary>
    public static Task<(int Code, string Output, string Errors)> OfJobAsync(ApiServer server, TestNamespace @namespace, string command, string job, params string[] more) =>
        RunAsync([command, job, "--kubeconfig", server.Kubeconfig, "-n", @namespace.Name, .. more]);
}
