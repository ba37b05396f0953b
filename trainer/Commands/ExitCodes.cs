using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Rounds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace FedOperator.Trainer.Commands;

/// <summary>What the exit codes of `trainer` mean, and the one place where a fault is logged.</summary>
internal static partial class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A fault that a restart may mend (a store that is away, a lost race, a bug).</summary>
    public const int Fault = 1;

    /// <summary>Wrong input: the same input fails again.</summary>
    public const int InvalidInput = 2;

    /// <summary>The ledger says that the job failed.</summary>
    public const int JobFailed = 3;

    /// <summary>Asked to stop (SIGTERM, ctrl-C): resumable.</summary>
    public const int Stopped = 143;

    /// <summary>Runs a command with a JSON log on stderr.</summary>
    public static async Task<int> RunAsync(Func<ILoggerFactory, Task<int>> command)
    {
        // System.CommandLine listens to SIGTERM once this has returned a task. Until then a web server (--metrics-port) would be alone with it, and keep the process from ending.
        await Task.Yield();
        using var log = LoggerFactory.Create(logging => logging
            .AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "O"))
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        var logger = log.CreateLogger("trainer");
        try
        {
            return await command(log).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }
        catch (JobEndedException ended)
        {
            return Of(ended.Failure, log);
        }
        catch (Exception e) when (e is InvalidDataException or LedgerException or SafetensorsException or ArgumentException or UpdateReplacedException)
        {
            LogInvalid(logger, e.Message);
            return InvalidInput;
        }
        catch (Exception e)
        {
            LogFault(logger, e);
            return Fault;
        }
    }

    /// <summary>The exit code of a job's outcome.</summary>
    public static int Of(Failure? failure, ILoggerFactory log)
    {
        if (failure is null)
            return Done;
        LogFailed(log.CreateLogger("trainer"), failure.Reason, failure.Message);
        return JobFailed;
    }

    [LoggerMessage(91, LogLevel.Critical, "{Message}")]
    private static partial void LogInvalid(ILogger log, string message);

    [LoggerMessage(92, LogLevel.Critical, "this process failed, and may be started again")]
    private static partial void LogFault(ILogger log, Exception exception);

    [LoggerMessage(93, LogLevel.Error, "the job failed: {Reason}: {Message}")]
    private static partial void LogFailed(ILogger log, string reason, string message);
}
