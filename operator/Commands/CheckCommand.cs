using System.CommandLine;
using System.Globalization;
using FedOperator.Operator.Kubernetes;
using FedOperator.Operator.Metrics;

namespace FedOperator.Operator.Commands;

/// <summary>`fed check URL`: whether an operator is well. `helm test` runs it.</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static Command Create(TextWriter output, TextWriter errors)
    {
        var address = new Argument<string>("URL") { Description = "Where the operator serves /readyz and /metrics, for example http://fed-operator-metrics.fed-system.svc:8080." };
        var command = new Command("check", "Says whether an operator is well: alive, ready (it sees the cluster's FederatedJobs and pods, or stands by while another operator does), and with a leader that renewed its lease within the last half minute. Exit code 3 where it is not after half a minute.") { address };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Uri.TryCreate(parsed.GetValue(address), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                await errors.WriteLineAsync($"{parsed.GetValue(address)} is not an address; give http://HOST:PORT of the operator.").ConfigureAwait(false);
                return ExitCode.Invalid;
            }
            using var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
            return await RunAsync(http, s_patience, TimeProvider.System, output, errors, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Asks until all is well, or patience ends.</summary>
    internal static async Task<int> RunAsync(HttpClient http, TimeSpan patience, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        (string Path, Func<string, string?> Wrong)[] questions = [("/healthz", _ => null), ("/readyz", _ => null), ("/metrics", Unled)];
        var since = time.GetTimestamp();
        foreach (var (path, read) in questions)
        {
            while (await WrongAsync(http, path, read, cancellationToken).ConfigureAwait(false) is { } wrong)
            {
                if (time.GetElapsedTime(since) > patience)
                {
                    await errors.WriteLineAsync($"{path}: {wrong}; the operator's log says more.").ConfigureAwait(false);
                    return ExitCode.Failed;
                }
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken).ConfigureAwait(false);
            }
            await output.WriteLineAsync($"{path}: ok").ConfigureAwait(false);
        }
        return ExitCode.Done;
    }

    /// <summary>Whatever process was asked: all of them see who leads.</summary>
    private static string? Unled(string metrics)
    {
        var ages = metrics.Split('\n').Where(line => line.StartsWith(ControllerMetrics.RenewalAge + "{", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).ToList();
        if (ages.Count == 0)
            return $"has no {ControllerMetrics.RenewalAge}: no operator leads";
        return ages.Max() <= Health.Unled.TotalSeconds ? null : string.Create(CultureInfo.InvariantCulture, $"no operator leads: the lease was last renewed {ages.Max():0} s ago");
    }

    private static async Task<string?> WrongAsync(HttpClient http, string path, Func<string, string?> read, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken).ConfigureAwait(false);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return !answer.IsSuccessStatusCode ? $"{(int)answer.StatusCode} {text.Trim()}" : read(text);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return e.Message;
        }
    }
}
