import { chromium } from '@playwright/test'; import { spawn } from 'node:child_process';
const [,,B,cwd,mode]=process.argv;
const p=spawn(B,['serve'],{cwd,env:{PATH:process.env.PATH,BATTALA_LISTEN:'127.0.0.1:0',BATTALA_LIMITS_PASSWORD_COST:'4'}});
let o=''; p.stdout.on('data',d=>o+=d); while(!/token=\S+/.test(o)) await new Promise(r=>setTimeout(r,50));
const link=/http\S+setup#token=\S+/.exec(o)[0];
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-features=LocalNetworkAccessChecks']}); const page=await b.newPage({viewport:{width:1280,height:800}});
const errs=[]; page.on('response',r=>{ if(r.url().includes('/api/')) console.log(r.request().method(), r.url().replace(/.*api/,'api'), r.status()); }); page.on('console',m=>{ if(['error','warning'].includes(m.type())) errs.push(m.text().slice(0,220)); }); page.on('pageerror',e=>errs.push('PAGEERROR '+e.message));
if(mode==='strict') await page.route('**/*', async r=>{ if(r.request().resourceType()!=='document') return r.continue(); const res=await r.fetch(); const h={...res.headers()}; h['content-security-policy']=h['content-security-policy'].replace(" 'unsafe-inline'","").replace(/$/,"; require-trusted-types-for 'script'"); await r.fulfill({response:res,headers:h}); });
await page.goto(link); await page.waitForTimeout(1500); await page.screenshot({path:cwd+'/1.png'});
console.log('title', await page.title(), await page.locator('input').count(), 'inputs');
for (const i of await page.locator('input').all()) console.log(await i.getAttribute('name'), await i.getAttribute('type'), await i.getAttribute('id'));
const fill=async(n,v)=>{ const l=page.locator(`input[name="${n}"]`); if(await l.count()) await l.first().fill(v); };
await fill('username','ana'); await fill('password','banyan tree at noon'); await fill('hub_name','Home'); await fill('repeat','banyan tree at noon'); await fill('hubName','Home');
await page.locator('button[type=submit]').click(); await page.waitForURL(/app/,{timeout:15000}).catch(async()=>console.log('NO APP', await page.locator('[role=alert]').allInnerTexts())); await page.waitForTimeout(2500); await page.evaluate(()=>document.querySelector('form').scrollIntoView()).catch(()=>{}); await page.screenshot({path:cwd+'/2.png'}); console.log('url', page.url());
await page.keyboard.press('?'); await page.waitForTimeout(800); await page.screenshot({path:cwd+'/3.png'}); await page.keyboard.press('Escape');
for (const b of await page.locator('button').all()) console.log('button', (await b.getAttribute('aria-label'))||(await b.innerText()));
const first=page.getByRole('button',{name:/server/i}).first(); if(await first.count()){ await first.click(); await page.waitForTimeout(1000); await page.screenshot({path:cwd+'/4.png'}); }
console.log('violations', errs.length); for(const e of new Set(errs)) console.log(' ',e);
await b.close(); p.kill('SIGTERM');
