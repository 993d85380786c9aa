package guide

import android.Manifest
import android.app.Activity
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.os.Build
import java.time.Duration
import java.time.Instant
import org.citizenwallet.Wallet
import org.citizenwallet.nextDue

// guide: reminder
/** When something is due and the wallet is locked, all the app can do is to say so. */
class Reminder : JobService() {
    override fun onStartJob(parameters: JobParameters): Boolean {
        val manager = getSystemService(NotificationManager::class.java)
        manager.createNotificationChannel(NotificationChannel("due", "Reminders", NotificationManager.IMPORTANCE_LOW))
        // Where the holder did not allow notifications, nothing is shown and nothing thrown.
        manager.notify(1, openYourWallet())
        return false
    }

    override fun onStopJob(parameters: JobParameters): Boolean = false

    private fun openYourWallet(): Notification {
        val app = Intent(this, MainActivity::class.java)
        return Notification.Builder(this, "due")
            // An icon of your own, white on nothing.
            .setSmallIcon(android.R.drawable.ic_popup_reminder)
            .setContentTitle("Example Wallet")
            .setContentText("Something needs your attention")
            .setContentIntent(PendingIntent.getActivity(this, 0, app, PendingIntent.FLAG_IMMUTABLE))
            .setAutoCancel(true)
            .build()
    }
}

/** Call it after unlocking, when everything due was done. */
suspend fun remind(context: Context, wallet: Wallet) {
    val at = wallet.nextDue() ?: return
    val wait = maxOf(Duration.between(Instant.now(), at), Duration.ZERO)
    val job = JobInfo.Builder(1, ComponentName(context, Reminder::class.java))
        .setMinimumLatency(wait.toMillis())
        // Outlives a restart of the phone.
        .setPersisted(true)
    context.getSystemService(JobScheduler::class.java).schedule(job.build())
}

/** Android 13 and later: ask where the holder sees what it is for, after the first card for example. */
fun Activity.askForNotifications() {
    if (Build.VERSION.SDK_INT >= 33) requestPermissions(arrayOf(Manifest.permission.POST_NOTIFICATIONS), 1)
}
// guide: end
