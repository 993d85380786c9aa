package guide

import android.app.NotificationManager
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import java.time.Duration
import java.time.Instant
import org.citizenwallet.Wallet
import org.citizenwallet.nextDue

// guide: reminder
/** When something is due and the wallet is locked, all the app can do is to say so. */
class Reminder : JobService() {
    override fun onStartJob(parameters: JobParameters): Boolean {
        getSystemService(NotificationManager::class.java).notify(1, openYourWallet(this))
        return false
    }

    override fun onStopJob(parameters: JobParameters): Boolean = false
}

/** Call it after unlocking, when everything due was done. */
suspend fun remind(context: Context, wallet: Wallet) {
    val at = wallet.nextDue() ?: return
    val wait = maxOf(Duration.between(Instant.now(), at), Duration.ZERO)
    val job = JobInfo.Builder(1, ComponentName(context, Reminder::class.java)).setMinimumLatency(wait.toMillis())
    context.getSystemService(JobScheduler::class.java).schedule(job.build())
}
// guide: end

/** A notification that says no more than the app's name. */
private fun openYourWallet(context: Context): android.app.Notification =
    android.app.Notification.Builder(context, "due").setContentTitle("Example Wallet").build()
